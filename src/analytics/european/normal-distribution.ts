/**
 * The normal distribution to machine precision, tails included: `1 - Φ(x)` for large x has no digits left, so
 * everything is based on the complementary error function and its scaled form.
 */

/** Wichura's algorithm AS 241 (Applied Statistics 37, 1988), highest power first. */
const central = {
  numerator: [
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.387132872796366608,
  ],
  denominator: [
    5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1,
  ],
};
const outer = {
  numerator: [
    7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  denominator: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
    6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
};
const extreme = {
  numerator: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.6532189526576123093e-2,
    2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  denominator: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1,
  ],
};

const inverseRootPi = 0.5641895835477563;
const inverseRootTwoPi = 0.3989422804014327;

/** `exp(x²) · erfc(x)`: the tail without its exponential. */
export function scaledErfc(x: number): number {
  if (x < 0) return 2 * expSquare(-x, 1) - scaledErfc(-x);
  if (x <= 0.46875) return Math.exp(x * x) * (1 - x * erfRatioNearZero(x * x));
  if (x <= 4) return scaledErfcMiddle(x);
  const inverseSquare = 1 / (x * x);
  return (inverseRootPi - inverseSquare * scaledErfcTail(inverseSquare)) / x;
}

export function erf(x: number): number {
  return Math.abs(x) <= 0.46875 ? x * erfRatioNearZero(x * x) : 1 - erfc(x);
}

export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - x * erfRatioNearZero(x * x);
  if (x < 0) return 2 - erfc(-x);
  return expSquare(x, -1) * scaledErfc(x);
}

/** The probability that a standard normal variable is below `x`. */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  return 0.5 * expSquare(x, -0.5) * scaledErfc(-x * Math.SQRT1_2);
}

/** The density of the standard normal at `x`. */
export function normalPdf(x: number): number {
  return inverseRootTwoPi * Math.exp(-0.5 * x * x);
}

/** The inverse of `normalCdf`, for probabilities strictly between 0 and 1. */
export function normalQuantile(probability: number): number {
  const centred = probability - 0.5;
  if (Math.abs(centred) <= 0.425) return centred * evaluateRational(central, 0.180625 - centred * centred);
  const root = Math.sqrt(-Math.log(centred < 0 ? probability : 1 - probability));
  const tail = root <= 5 ? evaluateRational(outer, root - 1.6) : evaluateRational(extreme, root - 5);
  return centred < 0 ? -tail : tail;
}

// Cody's rational Chebyshev approximations (Math. Comp. 23, 1969), unrolled: solving for volatility spends most of its
// time here.

/** erf(x) / x for y = x² and |x| ≤ 0.46875. */
function erfRatioNearZero(y: number): number {
  const numerator =
    (((1.85777706184603153e-1 * y + 3.1611237438705656) * y + 1.13864154151050156e2) * y + 3.77485237685302021e2) * y +
    3.20937758913846947e3;
  const denominator =
    (((y + 2.36012909523441209e1) * y + 2.44024637934444173e2) * y + 1.28261652607737228e3) * y + 2.84423683343917062e3;
  return numerator / denominator;
}

/** The scaled complementary error function for 0.46875 ≤ x ≤ 4. */
function scaledErfcMiddle(x: number): number {
  const numerator =
    (((((((2.15311535474403846e-8 * x + 5.64188496988670089e-1) * x + 8.88314979438837594) * x +
      6.61191906371416295e1) *
      x +
      2.98635138197400131e2) *
      x +
      8.8195222124176909e2) *
      x +
      1.71204761263407058e3) *
      x +
      2.05107837782607147e3) *
      x +
    1.23033935479799725e3;
  const denominator =
    (((((((x + 1.57449261107098347e1) * x + 1.17693950891312499e2) * x + 5.37181101862009858e2) * x +
      1.62138957456669019e3) *
      x +
      3.29079923573345963e3) *
      x +
      4.36261909014324716e3) *
      x +
      3.43936767414372164e3) *
      x +
    1.23033935480374942e3;
  return numerator / denominator;
}

/** The relative difference of the far tail from its leading term, for y = 1 / x² and x ≥ 4. */
function scaledErfcTail(y: number): number {
  const numerator =
    ((((1.63153871373020978e-2 * y + 3.05326634961232344e-1) * y + 3.60344899949804439e-1) * y +
      1.25781726111229246e-1) *
      y +
      1.60837851487422766e-2) *
      y +
    6.58749161529837803e-4;
  const denominator =
    ((((y + 2.56852019228982242) * y + 1.87295284992346725) * y + 5.27905102951428412e-1) * y +
      6.05183413124413191e-2) *
      y +
    2.33520497626869185e-3;
  return numerator / denominator;
}

interface Rational {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

function evaluateRational(rational: Rational, x: number): number {
  return evaluatePolynomial(rational.numerator, x) / evaluatePolynomial(rational.denominator, x);
}

function evaluatePolynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/** `exp(factor · x²)` without the error of squaring: the square of a shortened x is exact, the remainder is small. */
function expSquare(x: number, factor: number): number {
  const rounded = Math.trunc(x * 16) / 16;
  return Math.exp(factor * rounded * rounded) * Math.exp(factor * (x - rounded) * (x + rounded));
}
