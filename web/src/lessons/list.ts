// The lessons, in their order. The numbers in the tasks were tried with the engine, with three seeds each.
import { beside, both, edges, ratioAtEdges, recursiveError, steps, testError, trained, type Lesson } from "./lesson";

/** A pulse of ten time steps, then thirty time steps without a change: one period. */
const PULSE = Array.from({ length: 40 }, (_, i) => (i < 10 ? 1 : -0.5));

export const LESSONS: Lesson[] = [
  {
    title: "One step ahead",
    text: [
      "The points are a sine wave. At each time step the network reads one value and predicts the next value: the solid line. One optimizer step changes all weights a little, so that the mean squared error becomes smaller.",
      "The naive forecast repeats the last value. A network is worth its training only if its error is smaller.",
    ],
    start: {},
    tasks: [
      {
        text: "Click Step five times, and look at the prediction after each optimizer step.",
        now: steps,
        isDone: ({ snapshot }) => snapshot.step >= 5 && snapshot.step < 20 && snapshot.stop === "paused",
      },
      {
        text: "Click Play. The test error, one step ahead, has to fall below a tenth of the naive error.",
        now: beside,
        isDone: ({ snapshot }) => snapshot.testError < snapshot.naiveError / 10,
      },
    ],
  },
  {
    title: "The hidden state",
    text: [
      "A single value does not tell whether the wave rises or falls: each value comes twice in a period. The network knows, because its hidden state keeps what it has read before. The heat map shows the hidden state: one row for each unit, one column for each time step.",
      "This network has one unit, H = 1.",
    ],
    start: { hidden: 1 },
    tasks: [
      {
        text: "Train for 1,000 optimizer steps. The test error stays above 0.005, and the recursive forecast fails.",
        now: both,
        isDone: (seen) => seen.hidden === 1 && trained(seen, 1000) && seen.snapshot.testError > 0.005,
      },
      {
        text: "Set the hidden size to 2, and train until the test error is below 0.001: two numbers are enough to know where the wave is and where it goes.",
        now: testError,
        isDone: (seen) => seen.hidden === 2 && seen.snapshot.testError < 1e-3,
      },
    ],
  },
  {
    title: "Carry and detach",
    text: [
      "Training cuts the series into windows of T time steps; gray lines are their edges. Here the hidden state starts from zeros in each window, so that the network knows nothing of the values before.",
      "To carry the hidden state is to start each window with the state at the end of the window before. It is detached: the gradient stops at the edge, so that memory and time of an optimizer step do not grow.",
    ],
    start: { carry: false },
    tasks: [
      {
        text: "Train for 1,000 optimizer steps without carrying. The first three predictions of a window have at least five times the error of the others.",
        now: edges,
        isDone: (seen) => !seen.carry && trained(seen, 1000) && ratioAtEdges(seen) > 5,
      },
      {
        text: "Switch on “Carry the hidden state” and train on, until the first predictions have less than twice the error of the others.",
        now: edges,
        isDone: (seen) => seen.carry && trained(seen, 1000) && ratioAtEdges(seen) < 2,
      },
    ],
  },
  {
    title: "Dimensions",
    text: [
      "The panel “Shapes” follows one window through the network. The input x has the shape [B, T, 1]: batch size, time steps, values per time step. The recurrent layer makes [B, T, H] of it, and the linear layer [B, T, 1] again. The hidden state h has the shape [L, B, H]: one vector of H numbers for each layer.",
      "An RNN layer has the weights W_ih [H, inputs], W_hh [H, H], and two biases [H]. A GRU has three times as many, an LSTM four times.",
    ],
    start: { hidden: 16 },
    tasks: [
      {
        text: "Give the hidden state the shape [L=2, B=1, H=8].",
        now: ({ layers, hidden }) => `now [L=${layers}, B=1, H=${hidden}]`,
        isDone: ({ layers, hidden, snapshot }) => layers === 2 && hidden === 8 && snapshot.step >= 0,
      },
      {
        text: "Find the network of one layer with 1,233 parameters.",
        now: ({ snapshot }) => `parameters now: ${snapshot.parameters.toLocaleString("en")}`,
        isDone: ({ layers, snapshot }) => layers === 1 && snapshot.parameters === 1233,
      },
      {
        text: "Make each window 60 time steps long. The number of parameters does not change: all time steps use the same weights.",
        now: ({ seqLength, snapshot }) => `T = ${seqLength}, ${snapshot.parameters.toLocaleString("en")} parameters`,
        isDone: ({ seqLength, snapshot }) => seqLength === 60 && snapshot.parameters === 1233,
      },
    ],
  },
  {
    title: "Too small, too fast",
    text: [
      "This series is the sum of two sine waves. A hidden state that is too small cannot follow them, however long it is trained. A learning rate that is too large makes each optimizer step jump over the minimum: the loss grows without limit.",
    ],
    start: { data: "sum", hidden: 1 },
    tasks: [
      {
        text: "Train H = 1 for 1,000 optimizer steps. The test error stays above 0.01.",
        now: both,
        isDone: (seen) => seen.data === "sum" && seen.hidden === 1 && trained(seen, 1000) && seen.snapshot.testError > 0.01,
      },
      {
        text: "Find a hidden size with a test error below 0.001.",
        now: testError,
        isDone: (seen) => seen.data === "sum" && seen.hidden > 1 && seen.snapshot.testError < 1e-3,
      },
      {
        text: "Raise the learning rate until training diverges.",
        now: ({ rate }) => `learning rate now: ${rate}`,
        isDone: ({ snapshot }) => snapshot.stop === "diverged",
      },
      {
        text: "Click Rewind. With the smaller learning rate the test error falls below 0.01 again.",
        now: testError,
        isDone: (seen) =>
          seen.hidden > 1 && seen.rate <= 0.01 && seen.snapshot.stepsPerSecond > 0 && seen.snapshot.testError < 0.01,
      },
    ],
  },
  {
    title: "Vanishing gradients",
    text: [
      "A pulse comes every 40 time steps. To predict when it comes, the network has to count 30 time steps in which nothing happens. In an RNN the gradient is multiplied by W_hh and by the slope of tanh at each step back; after 30 steps almost nothing is left, and the network does not learn to count.",
      "An LSTM has a cell state that is only multiplied by its forget gate. A forget gate near 1 lets the gradient pass.",
    ],
    start: { data: "drawn", drawn: PULSE, seqLength: 60, rate: 0.003 },
    tasks: [
      {
        text: "Train the RNN for 2,000 optimizer steps. Its test error stays above 0.04: it misses the start of the pulse.",
        now: both,
        isDone: (seen) => seen.cell === "rnn" && seen.seqLength === 60 && trained(seen, 2000) && seen.snapshot.testError > 0.04,
      },
      {
        text: "Open “Gradients through time”: an input 30 time steps back has less than a hundredth of the largest influence on the marked prediction.",
        now: ({ snapshot: { gradients } }) => (gradients === null || gradients === "large" ? "not open" : `inputs more than ${gradients.hundredth} time steps back have less`),
        isDone: ({ cell, snapshot: { gradients } }) =>
          cell === "rnn" && gradients !== null && gradients !== "large" && gradients.hundredth < 30,
      },
      {
        text: "Choose the cell LSTM, with the same settings, and train until the test error is below 0.02.",
        now: testError,
        isDone: (seen) => seen.cell === "lstm" && seen.data === "drawn" && seen.snapshot.testError < 0.02,
      },
    ],
  },
  {
    title: "Many steps ahead",
    text: [
      "One step ahead, the network reads the true value at each time step. The recursive forecast, the dashed line, reads its own predictions: small errors add up, and the forecast drifts away from the wave. A small error one step ahead says little about the next 60 values.",
    ],
    start: {},
    tasks: [
      {
        text: "Train until the test error one step ahead is below 0.002, while the recursive forecast has an error above 0.5.",
        now: (seen) => `${testError(seen)}; ${recursiveError(seen)}`,
        isDone: ({ snapshot }) => snapshot.testError < 0.002 && snapshot.futureError > 0.5,
      },
      {
        text: "Lower the learning rate to 0.001 or less, and train until the recursive forecast has an error below 0.02.",
        now: recursiveError,
        isDone: ({ rate, snapshot }) => rate <= 0.001 && snapshot.futureError < 0.02,
      },
    ],
  },
  {
    title: "Real data",
    text: [
      "The world temperature of each month is much like that of the month before, so the naive forecast is good. A network can be a little better. If it is trained for too long, it learns the noise of the training set, and becomes worse: it overfits. Whoever stops where the test error is lowest has used the test set to choose the network; its error is then too good.",
      "Prices are harder: most of their changes cannot be predicted from earlier prices, and the S&P 500 of the test set is above all values of the training set. `elman forecast` trains on differences, compares with baselines on values that did not choose the model, and says when it is not better.",
    ],
    start: { data: "temperature", cell: "gru", rate: 0.003 },
    tasks: [
      {
        text: "Train on the world temperature until the test error is below that of the naive forecast.",
        now: beside,
        isDone: ({ data, snapshot }) => data === "temperature" && snapshot.testError < snapshot.naiveError,
      },
      {
        text: "Train on, past 1,500 optimizer steps, until the test error is above that of the naive forecast again, while the training loss falls.",
        now: (seen) => `${steps(seen)}; ${beside(seen)}`,
        isDone: (seen) =>
          seen.data === "temperature" && trained(seen, 1500) && seen.snapshot.testError > seen.snapshot.naiveError,
      },
      {
        text: "Choose the S&P 500, and train for 1,000 optimizer steps: the naive forecast is better.",
        now: (seen) => `${steps(seen)}; ${beside(seen)}`,
        isDone: (seen) =>
          seen.data === "sp500" && trained(seen, 1000) && seen.snapshot.testError > seen.snapshot.naiveError,
      },
    ],
  },
];
