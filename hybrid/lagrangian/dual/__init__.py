"""Methods that learn multipliers, one a file."""
