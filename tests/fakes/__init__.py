"""What tests of several folders share: an HTTP server in the place of VOXO, retries that do not wait, and the like."""
