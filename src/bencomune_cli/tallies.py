"""Numbers by hash, for millions of them: in an eighth of a dictionary's memory."""

from array import array

LEAST = 1 << 14  # places at the beginning; always a power of two


class Tally:
    """A number from 1 to 4,294,967,295 for each hash, which is a whole number of 64 bits."""

    def __init__(self) -> None:
        self._count = 0
        self._clear(LEAST)

    def _clear(self, places: int) -> None:
        self._keys = array("q", bytes(8 * places))
        self._numbers = array("I", bytes(4 * places))  # 0 where a place is free
        self._mask = places - 1

    def _place(self, key: int) -> int:
        place, keys, numbers = key & self._mask, self._keys, self._numbers
        while numbers[place] and keys[place] != key:
            place = (place + 1) & self._mask
        return place

    def get(self, key: int) -> int:
        """Return the number of a hash, 0 if it has none."""
        return self._numbers[self._place(key)]

    def add(self, key: int) -> int:
        """Count a hash once more; return how often it was counted, this time included."""
        place = self._place(key)
        number = self._numbers[place] + 1
        self._put(place, key, number)
        return number

    def first(self, key: int, number: int) -> int:
        """Return the number of a hash, which is a new one's from now on."""
        place = self._place(key)
        if held := self._numbers[place]:
            return held
        self._put(place, key, number)
        return number

    def _put(self, place: int, key: int, number: int) -> None:
        self._count += not self._numbers[place]
        self._keys[place], self._numbers[place] = key, number
        if self._count * 3 > self._mask * 2:
            held = zip(self._keys, self._numbers, strict=True)
            self._clear(2 * (self._mask + 1))
            for other, told in held:
                if told:
                    place = self._place(other)
                    self._keys[place], self._numbers[place] = other, told
