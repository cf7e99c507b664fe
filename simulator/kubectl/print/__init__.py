"""What kubectl prints: tables, descriptions, objects as data."""
