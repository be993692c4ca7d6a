"""What drifted as one HTML file, for a browser or for paper: it asks nothing of any network."""
