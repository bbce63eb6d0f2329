"""What is printed: pages set in the fonts of this package, and written as PDF with tags."""
