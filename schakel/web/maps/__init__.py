"""The network and the Kingdom as pictures, with the same in lists."""
