(* Region counts of known maps, and counts that the check rejects. *)

From Coq Require Import Reals ZArith QArith List.
From Certify Require Import BreakList RegionCertificate.

Definition unit_regions (m : piecewise_linear) (counts : list Z) : bool :=
  regions_on_interval_check (PiecewiseLinear m) (0 # 1) (1 # 1) (RegionCount counts).

Lemma unit_regions_sound m counts : unit_regions m counts = true -> region_counts (pl_sem m) 0 1 counts.
Proof. apply (regions_on_interval (PiecewiseLinear m) (0 # 1) (1 # 1) (RegionCount counts)). Qed.

(* The tent map: 2^t regions. *)
Definition tent : piecewise_linear := Knots [(0 # 1, 0 # 1); (1 # 2, 1 # 1); (1 # 1, 0 # 1)].

Definition powers_of_2 (n : nat) : list Z := map (fun t => (2 ^ Z.of_nat t)%Z) (seq 1 n).

Example tent_counts : region_counts (pl_sem tent) 0 1 (powers_of_2 40).
Proof. apply unit_regions_sound. vm_compute. reflexivity. Qed.

Example tent_40 : regions (iter 40 (pl_sem tent)) 0 1 1099511627776.
Proof. apply tent_counts. reflexivity. Qed.

(* The 7 breaks of the third iterate. *)
Example tent_breaks :
  option_map (fun t => break_list t 3 (Some (0 # 1)) (Some (1 # 1)))%Q (pl_tree tent) =
  Some [1 # 8; 1 # 4; 3 # 8; 1 # 2; 5 # 8; 3 # 4; 7 # 8].
Proof. vm_compute. reflexivity. Qed.

(* The same as a ReLU network with a clip. *)
Definition tent_network : network := [
  Layer Relu 2 [
    ([2], 0);
    ([2], -1)];
  Layer (Clip (0 # 1) (1 # 1)) 1 [
    ([2; -4], 0)]].

Example network_counts : region_counts (net_sem tent_network) 0 1 (powers_of_2 20).
Proof.
  apply (regions_on_interval (Network tent_network) (0 # 1) (1 # 1) (RegionCount (powers_of_2 20))).
  vm_compute. reflexivity.
Qed.

(* 0 -> 1/2 -> 1 -> 0: Fibonacci numbers, because the knot 1/2 goes to an end and is met again there. *)
Example fibonacci :
  unit_regions (Knots [(0 # 1, 1 # 2); (1 # 2, 1 # 1); (1 # 1, 0 # 1)]) [2; 3; 5; 8; 13; 21; 34]%Z = true.
Proof. vm_compute. reflexivity. Qed.

(* A false knot is no break; the identity has one region. *)
Example false_knots :
  unit_regions (Knots [(0 # 1, 0 # 1); (1 # 3, 1 # 3); (1 # 2, 1 # 2); (1 # 1, 1 # 1)]) [1; 1; 1; 1]%Z = true.
Proof. vm_compute. reflexivity. Qed.

(* A plateau swallows what falls on it: the third iterate is constant. *)
Example plateau :
  unit_regions (Knots [(0 # 1, 1 # 4); (1 # 2, 1 # 4); (1 # 1, 3 # 4)]) [2; 2; 1; 1; 1]%Z = true.
Proof. vm_compute. reflexivity. Qed.

(* Two breaks that undo each other: f is its own inverse. *)
Example involution :
  unit_regions (Knots [(0 # 1, 1 # 1); (1 # 3, 1 # 3); (1 # 1, 0 # 1)]) [2; 1; 2; 1; 2; 1]%Z = true.
Proof. vm_compute. reflexivity. Qed.

(* On the line. *)
Example tent_on_the_line :
  region_counts_line (pl_sem (KnotsOnLine (2 # 1) [(1 # 2, 1 # 1)] (-2 # 1))) (powers_of_2 30).
Proof.
  apply (regions_on_line (PiecewiseLinear _) (RegionCount (powers_of_2 30))). vm_compute. reflexivity.
Qed.

Example wrong_count : unit_regions tent [2; 4; 9]%Z = false.
Proof. vm_compute. reflexivity. Qed.

Example leaves_the_interval :
  unit_regions (Knots [(0 # 1, 0 # 1); (1 # 2, 2 # 1); (1 # 1, 0 # 1)]) [2]%Z = false.
Proof. vm_compute. reflexivity. Qed.
