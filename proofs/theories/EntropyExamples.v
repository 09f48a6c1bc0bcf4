(* Entropy of known maps, from certificates; and certificates that are wrong. *)

From Certify Require Import EntropyCertificates.

(* The tent map: exactly ln 2. *)
Definition tent : piecewise_linear := Knots [(0 # 1, 0 # 1); (1 # 2, 1 # 1); (1 # 1, 0 # 1)].
Definition tent_below := EntropyLower [(0 # 1, 1 # 1)] 
  [[over (0 # 1) (1 # 2) 0; over (1 # 2) (1 # 1) 0]] [1]%positive (2 # 1).
Definition tent_above := EntropyUpper 0 [(0 # 1, 1 # 1)]
  [[into (0 # 1) (1 # 2) 0; into (1 # 2) (1 # 1) 0]] [1]%positive [0]%nat (2 # 1).

Theorem tent_entropy : entropy_ge_ln (pl_sem tent) 0 1 2 /\ entropy_le_ln (pl_sem tent) 0 1 2.
Proof.
  split.
  - apply (entropy_on_interval (PiecewiseLinear tent) (0 # 1) (1 # 1) tent_below). vm_compute. reflexivity.
  - apply (entropy_bound_on_interval (PiecewiseLinear tent) (0 # 1) (1 # 1) tent_above). vm_compute.
    reflexivity.
Qed.

(* 0 -> 1/2 -> 1 -> 0: the golden mean lies between 55/34 and 89/55. *)
Definition fibonacci : piecewise_linear := Knots [(0 # 1, 1 # 2); (1 # 2, 1 # 1); (1 # 1, 0 # 1)].
Definition halves := [(0 # 1, 1 # 2); (1 # 2, 1 # 1)].
Definition fibonacci_below := EntropyLower halves
  [[over (0 # 1) (1 # 2) 1]; [over (1 # 2) (3 # 4) 1; over (3 # 4) (1 # 1) 0]] [34; 55]%positive (55 # 34).
Definition fibonacci_above := EntropyUpper 0 ((0 # 1, 1 # 1) :: halves)
  [[into (0 # 1) (1 # 2) 2; into (1 # 2) (3 # 4) 2; into (3 # 4) (1 # 1) 1];
   [into (0 # 1) (1 # 2) 2]; [into (1 # 2) (3 # 4) 2; into (3 # 4) (1 # 1) 1]]
  [1; 55; 89]%positive [1; 0; 0]%nat (89 # 55).

Theorem fibonacci_entropy : entropy_ge_ln (pl_sem fibonacci) 0 1 (55 / 34) /\
  entropy_le_ln (pl_sem fibonacci) 0 1 (89 / 55).
Proof.
  split.
  - apply (entropy_on_interval (PiecewiseLinear fibonacci) (0 # 1) (1 # 1) fibonacci_below). vm_compute.
    reflexivity.
  - apply (entropy_bound_on_interval (PiecewiseLinear fibonacci) (0 # 1) (1 # 1) fibonacci_above).
    vm_compute. reflexivity.
Qed.

(* On the line: the tent, on its invariant set in [0, 1]. *)
Definition tent_on_line : piecewise_linear := KnotsOnLine (2 # 1) [(1 # 2, 1 # 1)] (-2 # 1).

Theorem tent_on_line_entropy : exists lo hi, entropy_ge_ln (pl_sem tent_on_line) lo hi 2.
Proof. apply (entropy_on_line (PiecewiseLinear tent_on_line) tent_below). vm_compute. reflexivity. Qed.

(* Too large a growth, a part over which f does not reach, a part on which f is not monotone. *)
Example too_large : entropy_lower_check (PiecewiseLinear fibonacci) (0 # 1, 1 # 1) (EntropyLower halves
  [[over (0 # 1) (1 # 2) 1]; [over (1 # 2) (3 # 4) 1; over (3 # 4) (1 # 1) 0]] 
    [34; 55]%positive (89 # 55)) = false.
Proof. vm_compute. reflexivity. Qed.

Example too_short : entropy_lower_check (PiecewiseLinear tent) (0 # 1, 1 # 1) (EntropyLower [(0 # 1, 1 # 1)]
  [[over (0 # 1) (1 # 3) 0; over (1 # 2) (1 # 1) 0]] [1]%positive (2 # 1)) = false.
Proof. vm_compute. reflexivity. Qed.

Example not_monotone : entropy_upper_check (PiecewiseLinear tent) (0 # 1, 1 # 1)
  (EntropyUpper 0 [(0 # 1, 1 # 1)] [[into (0 # 1) (1 # 1) 0]] [1]%positive [0]%nat (1 # 1)) = false.
Proof. vm_compute. reflexivity. Qed.

Print Assumptions tent_entropy.
