# The functions of the interface `figures` of wit/world.wit; its resource is in figures.py.
from componentize_py_types import Err
from wit_world import exports


class Figures(exports.Figures):
    def factors(self, n):
        found, divisor = [], 2
        while n > 1:
            while n % divisor == 0:
                found.append(divisor)
                n //= divisor
            divisor += 1
        return found

    def parse(self, text):
        try:
            return int(text)
        except ValueError:
            raise Err(f"not a number: {text}")
