"""What a user types: parse, build, call, print."""
