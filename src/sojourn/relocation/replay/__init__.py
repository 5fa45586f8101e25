"""October 2016 on synthetic people: the queue as it was beside the plan."""
