"""Makes the workbooks of the tests: python3 make.py, with openpyxl and odfpy installed."""

import datetime as d
import pathlib

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

HERE = pathlib.Path(__file__).parent
MONTHS = [d.datetime(2023 + i // 12, i % 12 + 1, 1) for i in range(24)]
VALUES = [100.5 + 3 * (i % 12) + i for i in range(24)]

# A title, an empty column and row, typed dates, a formula error and a total.
book = Workbook()
sheet = book.active
sheet.title = "Sales"
sheet["B1"] = "Sales of the shop"
sheet["B3"], sheet["C3"] = "Month", "Pieces"
for i, (month, value) in enumerate(zip(MONTHS, VALUES)):
    cell = sheet.cell(row=4 + i, column=2, value=month)
    cell.number_format = "mmm yy"
    sheet.cell(row=4 + i, column=3, value=value if i != 5 else "#DIV/0!")
sheet.cell(row=9, column=3).data_type = "e"
hidden = book.create_sheet("Lists")
hidden["A1"] = "north"
hidden.sheet_state = "hidden"
book.create_sheet("Empty")
book.save(HERE / "shop.xlsx")

# Two sheets with cells, hours.
book = Workbook()
for title, step in [("Load", 1.0), ("Price", 2.0)]:
    sheet = book.create_sheet(title)
    sheet.append(["at", title.lower()])
    for i in range(48):
        sheet.append([d.datetime(2024, 1, 1) + d.timedelta(hours=i), step * (i % 24)])
del book["Sheet"]
book.save(HERE / "hours.xlsx")

ods = OpenDocumentSpreadsheet()
table = Table(name="Sales")
row = TableRow()
for title in ["Month", "Pieces"]:
    cell = TableCell(valuetype="string")
    cell.addElement(P(text=title))
    row.addElement(cell)
table.addElement(row)
for month, value in zip(MONTHS, VALUES):
    row = TableRow()
    row.addElement(TableCell(valuetype="date", datevalue=month.strftime("%Y-%m-%d")))
    row.addElement(TableCell(valuetype="float", value=value))
    table.addElement(row)
ods.spreadsheet.addElement(table)
ods.save(HERE / "shop.ods")
