"""Commands for building and testing; the application never imports them."""
