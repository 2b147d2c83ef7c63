# The resource of the interface `figures` of wit/world.wit.
from wit_world.exports import figures


class Series(figures.Series):
    def __init__(self, values):
        self.values = list(values)

    def add(self, value):
        self.values.append(value)

    def summary(self):
        return figures.Summary(len(self.values), sum(self.values), max(self.values, default=None))
