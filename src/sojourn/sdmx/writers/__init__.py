"""Pure writers: rows and structures in, text in an SDMX format out."""
