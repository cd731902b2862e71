"""Errors of forecasts, by the definitions of the M4 organizers."""

#: sMAPE and MASE of Naive2 on M4 Weekly, the denominators of OWA.
NAIVE2 = {"weekly": (9.161, 2.777)}


def smape(actual, forecast):
    return sum(200 * abs(y - f) / (abs(y) + abs(f)) for y, f in zip(actual, forecast) if y != f) / len(actual)


def mase(past, actual, forecast, m):
    scale = sum(abs(a - b) for a, b in zip(past[m:], past)) / (len(past) - m)
    return sum(abs(y - f) for y, f in zip(actual, forecast)) / len(actual) / scale


def evaluate(data, forecasts, names):
    """Mean sMAPE and MASE over the named series, and OWA where Naive2 is known; `forecasts` has a list for each series."""
    for name in names:
        if len(forecasts.get(name, ())) != data.h:
            raise ValueError(f"series {name}: {len(forecasts.get(name, ()))} forecasts of {data.h}")
    errors = {
        "smape": sum(smape(data.future[n], forecasts[n]) for n in names) / len(names),
        "mase": sum(mase(data.past[n], data.future[n], forecasts[n], data.mase_period) for n in names) / len(names),
    }
    if data.name in NAIVE2:
        of_smape, of_mase = NAIVE2[data.name]
        errors["owa"] = (errors["smape"] / of_smape + errors["mase"] / of_mase) / 2
    return errors
