"""Complete lists: what a question asks for, the candidates, their judging, and the rows with their proof."""
