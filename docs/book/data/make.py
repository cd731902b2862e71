"""Writes the example data of the user guide. The numbers are made up: python3 make.py"""
import csv, datetime, math, os, random

draw = random.Random(1)
start = datetime.date(2024, 1, 1)
days, horizon = 730, 14
stands = {"harbor": (90, "coast"), "market": (60, "town"), "station": (40, "town")}
cloud, temperature = 0.0, []
for day in range(days + horizon):
    cloud = 0.7 * cloud + draw.gauss(0, 2.5)
    temperature.append(round(11 - 9 * math.cos(2 * math.pi * (day - 15) / 365.25) + cloud, 1))

os.makedirs("stands", exist_ok=True)
with open("ice-cream.csv", "w", newline="") as whole:
    table = csv.writer(whole, lineterminator="\n")
    table.writerow(["unique_id", "ds", "units", "temperature", "holiday", "visitors", "region"])
    for stand, (size, region) in stands.items():
        with open(f"stands/{stand}.csv", "w") as part:
            part.write("ds,units\n")
            for day in range(days + horizon):
                date = start + datetime.timedelta(day)
                holiday = int((date.month, date.day) in [(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)])
                weekend = 1.5 if date.weekday() >= 5 else 1.0
                mean = size * weekend * (1 + holiday) * math.exp(0.06 * (temperature[day] - 11))
                units = max(0, round(mean * (1 + 0.12 * draw.gauss(0, 1))))
                visitors = round(4 * mean * (1 + 0.2 * draw.gauss(0, 1)))
                past = day < days
                if past and stand == "station" and date.weekday() == 0 and day % 5 == 0:
                    continue  # a closed Monday: no row
                table.writerow([stand, date, units if past else "", temperature[day], holiday,
                                visitors if past else "", region])
                if past:
                    part.write(f"{date},{units}\n")

with open("umsatz.csv", "w") as file:
    file.write("Monat;Umsatz\n")
    for month in range(72):
        mean = 12000 + 40 * month + 2500 * math.sin(2 * math.pi * (month - 3) / 12)
        value = f"{mean + draw.gauss(0, 400):,.2f}".translate(str.maketrans(",.", ".,"))
        file.write(f"01.{month % 12 + 1:02}.{2020 + month // 12};{value}\n")
