"""Writes gguf-blocks.json: random blocks of every GGUF type and their values, by loops that follow the block layouts byte by byte
(another way of writing them than BlockDecoder's). Run it in this folder: python3 gguf_blocks.py"""
import base64, json
import numpy as np

f32 = np.float32
random = np.random.default_rng(11)

def half(b, at): return f32(np.frombuffer(bytes(b[at:at + 2]), '<f2')[0])
def i8(x): return x - 256 if x > 127 else x

def q4_0(b):
    d = half(b, 0); return [(x & 15) * d - 8 * d for x in b[2:]] + [(x >> 4) * d - 8 * d for x in b[2:]]
def q4_1(b):
    d, m = half(b, 0), half(b, 2); return [(x & 15) * d + m for x in b[4:]] + [(x >> 4) * d + m for x in b[4:]]
def q5(b, qh, qs, zero, d, m):
    high = int.from_bytes(bytes(b[qh:qh + 4]), 'little'); y = [f32(0)] * 32
    for j in range(16):
        x = b[qs + j]
        y[j] = f32(((x & 15) | (((high >> j) << 4) & 16)) - zero) * d + m
        y[j + 16] = f32(((x >> 4) | ((high >> (j + 12)) & 16)) - zero) * d + m
    return y
def q5_0(b): return q5(b, 2, 6, 16, half(b, 0), f32(0))
def q5_1(b): return q5(b, 4, 8, 0, half(b, 0), half(b, 2))
def q8_0(b):
    d = half(b, 0); return [f32(i8(x)) * d for x in b[2:]]
def q2_k(b):
    scales, q, d, dmin = b[0:16], b[16:80], half(b, 80), half(b, 82); y = []; s = 0; at = 0
    for n in range(2):
        for shift in (0, 2, 4, 6):
            for part in (0, 16):
                dl, ml = d * f32(scales[s] & 15), dmin * f32(scales[s] >> 4); s += 1
                y += [dl * f32((q[at + part + l] >> shift) & 3) - ml for l in range(16)]
        at += 32
    return y
def q3_k(b):
    hm, q, raw, d = b[0:32], b[32:96], b[96:108], half(b, 108)
    a = [int.from_bytes(bytes(raw[i:i + 4]), 'little') for i in (0, 4, 8)]; k1, k2 = 0x03030303, 0x0f0f0f0f
    words = [(a[0] & k2) | ((a[2] & k1) << 4), (a[1] & k2) | (((a[2] >> 2) & k1) << 4),
             ((a[0] >> 4) & k2) | (((a[2] >> 4) & k1) << 4), ((a[1] >> 4) & k2) | (((a[2] >> 6) & k1) << 4)]
    scales = [x for w in words for x in w.to_bytes(4, 'little')]
    y = []; s = 0; m = 1; at = 0
    for n in range(2):
        for shift in (0, 2, 4, 6):
            for part in (0, 16):
                dl = d * f32(scales[s] - 32); s += 1
                y += [dl * f32(((q[at + part + l] >> shift) & 3) - (0 if hm[part + l] & m else 4)) for l in range(16)]
            m <<= 1
        at += 32
    return y
def scale_min(j, q):
    if j < 4: return q[j] & 63, q[j + 4] & 63
    return (q[j + 4] & 15) | ((q[j - 4] >> 6) << 4), (q[j + 4] >> 4) | ((q[j] >> 6) << 4)
def q4_k(b):
    d, dmin, sc, q = half(b, 0), half(b, 2), b[4:16], b[16:]; y = []
    for j in range(4):
        part = q[32 * j:32 * j + 32]
        for n, shift in ((0, 0), (1, 4)):
            s, m = scale_min(2 * j + n, sc); y += [d * f32(s) * f32((x >> shift) & 15) - dmin * f32(m) for x in part]
    return y
def q5_k(b):
    d, dmin, sc, qh, q = half(b, 0), half(b, 2), b[4:16], b[16:48], b[48:]; y = []; bit = 1
    for j in range(4):
        part = q[32 * j:32 * j + 32]
        for n, shift in ((0, 0), (1, 4)):
            s, m = scale_min(2 * j + n, sc)
            y += [d * f32(s) * f32(((x >> shift) & 15) + (16 if qh[l] & bit else 0)) - dmin * f32(m) for l, x in enumerate(part)]
            bit <<= 1
    return y
def q6_k(b):
    ql, qh, sc, d = b[0:128], b[128:192], [i8(x) for x in b[192:208]], half(b, 208); y = [f32(0)] * 256
    for n in range(2):
        for l in range(32):
            i = l // 16; L = ql[64 * n:]; H = qh[32 * n + l]; S = sc[8 * n:]; o = 128 * n + l
            y[o] = d * f32(S[i]) * f32(((L[l] & 15) | ((H & 3) << 4)) - 32)
            y[o + 32] = d * f32(S[i + 2]) * f32(((L[l + 32] & 15) | (((H >> 2) & 3) << 4)) - 32)
            y[o + 64] = d * f32(S[i + 4]) * f32(((L[l] >> 4) | (((H >> 4) & 3) << 4)) - 32)
            y[o + 96] = d * f32(S[i + 6]) * f32(((L[l + 32] >> 4) | (((H >> 6) & 3) << 4)) - 32)
    return y
KV = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]
def iq4_nl(b):
    d = half(b, 0); return [d * f32(KV[x & 15]) for x in b[2:]] + [d * f32(KV[x >> 4]) for x in b[2:]]
def iq4_xs(b):
    d, high, low, q = half(b, 0), b[2] | (b[3] << 8), b[4:8], b[8:]; y = []
    for ib in range(8):
        ls = ((low[ib // 2] >> (4 * (ib % 2))) & 15) | (((high >> (2 * ib)) & 3) << 4); dl = d * f32(ls - 32)
        part = q[16 * ib:16 * ib + 16]; y += [dl * f32(KV[x & 15]) for x in part] + [dl * f32(KV[x >> 4]) for x in part]
    return y
FP4 = [0, .5, 1, 1.5, 2, 3, 4, 6, 0, -.5, -1, -1.5, -2, -3, -4, -6]
def mxfp4(b):
    d = f32(2.0 ** (b[0] - 127)); return [d * f32(FP4[x & 15]) for x in b[1:]] + [d * f32(FP4[x >> 4]) for x in b[1:]]

TYPES = {'Q4_0': (18, q4_0, [0]), 'Q4_1': (20, q4_1, [0, 2]), 'Q5_0': (22, q5_0, [0]), 'Q5_1': (24, q5_1, [0, 2]),
         'Q8_0': (34, q8_0, [0]), 'Q2_K': (84, q2_k, [80, 82]), 'Q3_K': (110, q3_k, [108]), 'Q4_K': (144, q4_k, [0, 2]),
         'Q5_K': (176, q5_k, [0, 2]), 'Q6_K': (210, q6_k, [208]), 'IQ4_NL': (18, iq4_nl, [0]), 'IQ4_XS': (136, iq4_xs, [0]),
         'MXFP4': (17, mxfp4, [])}
golden = {}
for name, (size, decode, halves) in TYPES.items():
    stored, values = b'', []
    for _ in range(2):
        block = list(random.integers(0, 256, size, dtype=np.uint8).tobytes())
        for at in halves:
            block[at:at + 2] = list(np.array([random.normal() * .01], '<f2').tobytes())
        if name == 'MXFP4': block[0] = int(random.integers(100, 140))
        stored += bytes(block); values += decode(block)
    golden[name] = {'stored': base64.b64encode(stored).decode(), 'values': base64.b64encode(np.array(values, '<f4').tobytes()).decode()}
with open('../resources/dev/stemma/format/gguf-blocks.json', 'w') as out:
    json.dump(golden, out, indent=1)
