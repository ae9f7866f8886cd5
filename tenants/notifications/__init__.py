"""What people are told, by which channel, and whether it reached them."""
