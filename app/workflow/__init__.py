"""What may happen to an application, where it goes next, and the only code that moves it."""
