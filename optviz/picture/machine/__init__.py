"""The drawing machine: what is drawn once, what stays, what moves."""
