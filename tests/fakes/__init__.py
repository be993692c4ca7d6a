"""What tests of several folders share: an HTTP server in the place of VOXO, retries without waiting, processes."""
