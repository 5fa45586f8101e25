"""The pages, the words and the script of the site: values in, texts out."""
