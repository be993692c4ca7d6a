"""What tests of several folders put in the place of VOXO, of waiting, and of time."""
