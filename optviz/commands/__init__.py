"""The commands of the command line, by what they are for. They read what was asked, call those who know, and print."""
