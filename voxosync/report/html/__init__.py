"""What drifted as one HTML file, for a browser or for paper: it loads nothing from a network."""
