"""What a campaign, a change, a plan and a problem are. No I/O, no third-party imports."""
