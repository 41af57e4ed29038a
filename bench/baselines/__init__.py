"""What the project is measured against, each as a program: a peer from PyPI, and bare loops as lower bounds."""
