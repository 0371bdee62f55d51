import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  erf,
  erfc,
  normalPdf,
  normalCdf,
  normalQuantile,
  scaledErfc,
} from '../../../src/analytics/european/normal-distribution.js';

// Computed with 40 digits and rounded to the nearest double.
const erfcValues: readonly [number, number][] = [
  [-6, 2],
  [-2.5, 1.999593047982555],
  [-1, 1.8427007929497148],
  [-0.3, 1.3286267594591274],
  [0, 1],
  [1e-9, 0.9999999988716208],
  [0.1, 0.887537083981715],
  [0.46875, 0.507386526782062],
  [0.47, 0.5062549491139179],
  [0.7, 0.32219880616258156],
  [1, 0.15729920705028513],
  [1.7, 0.01620954140922544],
  [2.9, 4.109787809945886e-5],
  [3.99, 1.6739211364520814e-8],
  [4, 1.541725790028002e-8],
  [4.01, 1.4196939421371052e-8],
  [5.5, 7.357847917974398e-15],
  [8, 1.1224297172982926e-29],
  [13, 1.7395573154667246e-75],
  [20, 5.395865611607901e-176],
  [26, 5.663192408856143e-296],
];
const scaledErfcValues: readonly [number, number][] = [
  [-6, 8622463094230390],
  [-2.5, 1035.814842972623],
  [-1, 5.008980080762283],
  [-0.3, 1.4537492328427655],
  [0, 1],
  [1e-9, 0.9999999988716208],
  [0.1, 0.8964569799691267],
  [0.46875, 0.6320696892495561],
  [0.47, 0.6314005166600343],
  [0.7, 0.525930337349441],
  [1, 0.427583576155807],
  [1.7, 0.2916632970753435],
  [2.9, 0.18460182595559083],
  [3.99, 0.1373240409142297],
  [4, 0.13699945762506138],
  [4.01, 0.13667636742994915],
  [5.5, 0.10096221839949909],
  [8, 0.06998516620088092],
  [13, 0.043271921864609694],
  [20, 0.02817434874105132],
  [26, 0.021683584850562907],
];
const distributionValues: readonly [number, number][] = [
  [-37, 5.725571222524577e-300],
  [-30, 4.906713927148187e-198],
  [-20, 2.7536241186062337e-89],
  [-10, 7.619853024160525e-24],
  [-8, 6.220960574271784e-16],
  [-5, 2.866515718791939e-7],
  [-3, 0.0013498980316300946],
  [-2, 0.02275013194817921],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.1, 0.539827837277029],
  [0.5, 0.6914624612740131],
  [1, 0.8413447460685429],
  [2, 0.9772498680518208],
  [3, 0.9986501019683699],
  [5, 0.9999997133484281],
  [8, 0.9999999999999993],
];
const quantileValues: readonly [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1e-10, -6.361340902404057],
  [1e-5, -4.264890793922825],
  [0.001, -3.0902323061678136],
  [0.01, -2.326347874040841],
  [0.0749, -1.4402382675279637],
  [0.0751, -1.43882539275254],
  [0.2, -0.8416212335729142],
  [0.4, -0.2533471031357997],
  [0.6, 0.2533471031357997],
  [0.9, 1.2815515655446006],
  [0.95, 1.6448536269514722],
  [0.999, 3.090232306167813],
];

/** The difference of two numbers in units of the last digit of the second. */
function getErrorInUlps(value: number, truth: number): number {
  return value === truth ? 0 : Math.abs(value - truth) / (Math.abs(truth) * Number.EPSILON);
}

describe('the normal distribution', () => {
  it.each(erfcValues)('erfc(%d) is exact to the last digits', (x, truth) => {
    expect(getErrorInUlps(erfc(x), truth)).toBeLessThan(4);
  });

  it.each([
    [-3, -0.9999779095030014],
    [-0.3, -0.3286267594591274],
    [0, 0],
    [1e-9, 1.1283791670955126e-9],
    [0.1, 0.1124629160182849],
    [0.46875, 0.49261347321793797],
    [0.7, 0.6778011938374184],
    [2, 0.9953222650189527],
  ])('erf(%d) is exact to the last digits', (x, truth) => {
    expect(getErrorInUlps(erf(x), truth)).toBeLessThan(4);
  });

  it.each(scaledErfcValues)('exp(x²)·erfc(x) at %d is exact to the last digits', (x, truth) => {
    expect(getErrorInUlps(scaledErfc(x), truth)).toBeLessThan(4);
  });

  it.each(distributionValues)('normalCdf(%d) is exact to the last digits, tails included', (x, truth) => {
    expect(getErrorInUlps(normalCdf(x), truth)).toBeLessThan(4);
  });

  it.each(quantileValues)('normalQuantile(%d) is exact to the last digits', (probability, truth) => {
    expect(getErrorInUlps(normalQuantile(probability), truth)).toBeLessThan(8);
  });

  it('has its median at zero', () => {
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalCdf(0)).toBe(0.5);
    expect(getErrorInUlps(normalPdf(0), 0.3989422804014327)).toBe(0);
  });

  it('is symmetric, and normalQuantile is the inverse of normalCdf', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
        const below = normalCdf(x);
        expect(below + normalCdf(-x)).toBeCloseTo(1, 15);
        if (x < 0) expect(normalQuantile(below)).toBeCloseTo(x, 12);
      }),
    );
  });
});
