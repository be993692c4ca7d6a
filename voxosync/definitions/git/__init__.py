"""What Git stores about definitions: earlier versions, who changed a line, and the applied record."""
