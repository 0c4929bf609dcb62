package dev.stemma.numeric.simd;

import dev.stemma.numeric.SketchKernel;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vector API twin of {@link SketchKernel}. */
public final class VectorSketchKernel extends SketchKernel {
  private static final VectorSpecies<Float> ALL = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> FLOATS =
      ALL.length() > ANCHORS ? FloatVector.SPECIES_512 : ALL;
  private static final int LANES = FLOATS.length();

  @Override
  public void project(
      float[] row, int offset, int columns, float[] anchors, float[] out, int outOffset) {
    for (int k = 0; k < ANCHORS; k += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int c = 0; c < columns; c++) {
        sum =
            FloatVector.fromArray(FLOATS, anchors, c * ANCHORS + k)
                .lanewise(VectorOperators.FMA, FloatVector.broadcast(FLOATS, row[offset + c]), sum);
      }
      sum.intoArray(out, outOffset + k);
    }
  }

  @Override
  public void accumulate(
      float[] row, int offset, int columns, float[] anchors, int anchorOffset, float[] out) {
    int whole = FLOATS.loopBound(columns);
    for (int k = 0; k < ANCHORS; k++) {
      float factor = anchors[anchorOffset + k];
      FloatVector factors = FloatVector.broadcast(FLOATS, factor);
      int base = k * columns;
      int c = 0;
      for (; c < whole; c += LANES) {
        FloatVector.fromArray(FLOATS, row, offset + c)
            .lanewise(VectorOperators.FMA, factors, FloatVector.fromArray(FLOATS, out, base + c))
            .intoArray(out, base + c);
      }
      for (; c < columns; c++) {
        out[base + c] = Math.fma(row[offset + c], factor, out[base + c]);
      }
    }
  }

  @Override
  public float dot(MemorySegment block, long offsetBytes, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    int whole = query.length / (2 * LANES) * (2 * LANES);
    int i = 0;
    for (; i < whole; i += 2 * LANES) {
      s0 = at(block, offsetBytes + 4L * i).fma(FloatVector.fromArray(FLOATS, query, i), s0);
      s1 =
          at(block, offsetBytes + 4L * (i + LANES))
              .fma(FloatVector.fromArray(FLOATS, query, i + LANES), s1);
    }
    float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    for (; i < query.length; i++) {
      sum =
          Math.fma(
              block.get(
                  java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(
                      ByteOrder.LITTLE_ENDIAN),
                  offsetBytes + 4L * i),
              query[i],
              sum);
    }
    return sum;
  }

  private static FloatVector at(MemorySegment block, long offsetBytes) {
    return FloatVector.fromMemorySegment(FLOATS, block, offsetBytes, ByteOrder.LITTLE_ENDIAN);
  }
}
