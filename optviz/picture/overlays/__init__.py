"""What lies over the view: header, captions, names, podium."""
