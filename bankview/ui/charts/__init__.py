"""What charts show and where it lies: values, round numbers and pixels, without a widget."""
