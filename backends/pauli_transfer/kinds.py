"""The kinds of operations that the kernels interpret.

NONE pads. RX, RY, RZ turn a place's pending matrix and FIXED multiplies it by a matrix of the table. CX takes
the pending matrices of two places along in its pass. JOIN widens the vector by a place; FINISH applies what
is still pending at one.
"""

NONE, RX, RY, RZ, FIXED, CX, JOIN, FINISH = range(8)
