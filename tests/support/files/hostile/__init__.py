"""Files made to harm the program that reads them."""
