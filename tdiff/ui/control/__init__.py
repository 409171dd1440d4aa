"""What keys and clicks mean, decided without a widget: the screen is spoken to through a small port."""
