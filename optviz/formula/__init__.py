"""The formula language: text in, value, gradient and mathematics out."""
