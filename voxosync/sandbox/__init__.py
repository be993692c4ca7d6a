"""A local VOXO to try things on. Shares only the schemas with the tool that it is there to test."""
