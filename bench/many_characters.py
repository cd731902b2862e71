#!/usr/bin/env python3
"""A made-up text in 6,000 characters, about as unevenly frequent as those of Chinese, on stdout: what a large vocabulary costs.

  many_characters.py > many.txt
  elman text train many.txt --max-steps 40 --threads 1 --val-every 40 --sample-every 0 --held-out 0 --quiet [--cutoffs 0]

A character is drawn by 1 / (rank + 20)^1.25; half of the time the favourite of the one before follows instead.
"""
import random
import sys

KINDS, LENGTH = 6000, 1_500_000
random.seed(1)
weights = [1 / (rank + 20) ** 1.25 for rank in range(KINDS)]
drawn = random.choices(range(KINDS), weights, k=LENGTH)
favourites = random.choices(range(KINDS), weights, k=KINDS)
text = [0]
for number in drawn:
    text.append(favourites[text[-1]] if random.random() < 0.5 else number)
sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write("".join(chr(0x4E00 + number) for number in text))
