"""What other systems are told, signed and tried again until they have it."""
