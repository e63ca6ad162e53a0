"""What people do with accounts: sign in and out, sign up, change and reset passwords. Needs the storage."""
