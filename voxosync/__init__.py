"""GitOps for VOXO call campaigns: YAML definitions, checked, planned, applied, watched for drift."""

__version__ = "0.1.0"
