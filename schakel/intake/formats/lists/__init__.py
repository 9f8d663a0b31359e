"""Plain lists of addresses, networks, domains, web or e-mail addresses, as volunteers send them."""
