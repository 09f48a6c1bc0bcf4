(* Maps whose truth is known, and certificates that must be refused. *)
From Coq Require Import Lra.
From Certify Require Import Order Certificates.

Notation chaos_passes m lo hi c := (interval_check_with map_evaluator m (lo, hi) c).
Notation order_passes m lo hi c := (order_on_interval_check m (lo, hi) c).

(* ---- the tent: 2/9 -> 4/9 -> 8/9 ---- *)

Definition tent : piecewise_linear := Knots [(0 # 1, 0 # 1); (1 # 2, 1 # 1); (1 # 1, 0 # 1)].

Theorem tent_chaotic : selfmap (pl_sem tent) 0 1 /\ li_yorke_chaotic (pl_sem tent) 0 1.
Proof. apply (li_yorke_on_interval (PiecewiseLinear tent) 0 1 (OddReturn 0 3 (1 # 2) 64)). reflexivity. Qed.

Definition tent_network : network := [
  Layer Relu 2 [
    ([2], 0);
    ([2], -1)];
  Layer (Clip (0 # 1) (1 # 1)) 1 [
    ([2; -4], 0)]].

Theorem tent_network_chaotic : selfmap (net_sem tent_network) 0 1 /\
  li_yorke_chaotic (net_sem tent_network) 0 1.
Proof.
  apply (li_yorke_on_interval (Network tent_network) 0 1 (PeriodicOrbit [2 # 9; 4 # 9; 8 # 9])). reflexivity.
Qed.

(* an even n, a point that does not return, a wrong orbit, a period that is a power of 2, no smallest point
   first, and an interval that the tent leaves *)
Example tent_refused : map (fun c => chaos_passes (PiecewiseLinear tent) 0%Q 1%Q c)
    [OddReturn 0 2 (1 # 2) 64; OddReturn 0 3 (1 # 3) 64; PeriodicOrbit [2 # 9; 4 # 9; 7 # 9];
     PeriodicOrbit [2 # 5; 4 # 5]; PeriodicOrbit [4 # 9; 8 # 9; 2 # 9]; PeriodicOrbit []] =
  [false; false; false; false; false; false].
Proof. reflexivity. Qed.
Example tent_leaves : chaos_passes (PiecewiseLinear tent) 0%Q (3 # 4) (OddReturn 0 3 (1 # 2) 64) = false.
Proof. reflexivity. Qed.
Example tent_not_ordered :
  forallb (fun level => negb (order_passes (PiecewiseLinear tent) 0%Q 1%Q
    (Order level 0 [0 # 1; 1 # 3; 1 # 2; 2 # 3; 1 # 1]))) [0; 1; 2; 3]%nat = true.
Proof. reflexivity. Qed.

(* ---- 1 -> 3 -> 4 -> 2 -> 5 -> 1: period 5 without period 3 (Li and Yorke 1975) ---- *)

Definition stefan : network := [
  Layer Relu 1 [
    ([1], -1);
    ([1], -2);
    ([1], -3);
    ([1], -4)];
  Layer Identity 1 [
    ([2; -3; -1; 1], 3)]].

Theorem stefan_chaotic : selfmap (net_sem stefan) 1 5 /\ chaotic (net_sem stefan) 1 5.
Proof. apply (chaos_on_interval (Network stefan) 1 5 (OddReturn 0 5 (1 # 1) 64)). reflexivity. Qed.
Example stefan_without_three :
  forallb (fun k => negb (chaos_passes (Network stefan) 1%Q 5%Q (OddReturn 0 3 (k # 8) 64)))
    (map Z.of_nat (seq 8 33)) = true.
Proof. vm_compute. reflexivity. Qed.

(* ---- a square root of the tent: it exchanges [0,1] and [2,3], so level 1 is needed ---- *)

Definition root : network := [
  Layer Relu 2 [
    ([2], 0);
    ([2], -1);
    ([2], -4)];
  Layer Identity 1 [
    ([2; -4; 3], 2)]].

Theorem root_chaotic : selfmap (net_sem root) 0 3 /\ chaotic (net_sem root) 0 3.
Proof. apply (chaos_on_interval (Network root) 0 3 (OddReturn 1 3 (1 # 2) 64)). reflexivity. Qed.
Example root_level_0 :
  forallb (fun k => negb (chaos_passes (Network root) 0%Q 3%Q (OddReturn 0 3 (k # 8) 64)))
    (map Z.of_nat (seq 0 25)) = true.
Proof. vm_compute. reflexivity. Qed.

(* ---- x -> 1 - x: order, of level 1 and not of level 0; f^2(0) <= 0 < f(0), so that n must be odd ---- *)

Definition flip : piecewise_linear := Knots [(0 # 1, 1 # 1); (1 # 1, 0 # 1)].

Theorem flip_ordered : selfmap (pl_sem flip) 0 1 /\ ordered (pl_sem flip) 0 1 2.
Proof. apply (order_on_interval (PiecewiseLinear flip) 0 1 (Order 1 0 [0 # 1; 1 # 1])). reflexivity. Qed.
Theorem flip_not_chaotic : ~ chaotic (pl_sem flip) 0 1.
Proof. apply (ordered_not_chaotic _ _ _ 2), flip_ordered. Qed.
Example flip_refused : order_passes (PiecewiseLinear flip) 0%Q 1%Q (Order 0 0 [0 # 1; 1 # 2; 1 # 1]) = false.
Proof. reflexivity. Qed.
Example flip_even : chaos_passes (PiecewiseLinear flip) 0%Q 1%Q (OddReturn 0 2 (0 # 1) 64) = false.
Proof. reflexivity. Qed.

(* ---- min(tent, 7/10): order of level 1; no point of the mesh can be left out ---- *)

Definition stunted : network := [
  Layer Relu 2 [
    ([2], 0);
    ([2], -1)];
  Layer (Clip (0 # 1) (7 # 10)) 1 [
    ([2; -4], 0)]].

Definition stunted_mesh : list Q :=
  [0 # 1; 7 # 160; 7 # 20; 3 # 5; 13 # 20; 53 # 80; 2 # 3; 107 # 160; 27 # 40; 7 # 10; 33 # 40; 1 # 1].

Theorem stunted_ordered : selfmap (net_sem stunted) 0 1 /\ ordered (net_sem stunted) 0 1 2.
Proof. apply (order_on_interval (Network stunted) 0 1 (Order 1 0 stunted_mesh)). vm_compute. reflexivity. Qed.
Example stunted_holes :
  map
    (fun i => order_passes (Network stunted) 0%Q 1%Q
      (Order 1 0 (firstn i stunted_mesh ++ skipn (S i) stunted_mesh)))
    (seq 0 12) = repeat false 12.
Proof. vm_compute. reflexivity. Qed.

(* ---- the line ---- *)

Definition translation : piecewise_linear := KnotsOnLine (1 # 1) [(0 # 1, 1 # 1)] (1 # 1).
Definition reflection : piecewise_linear := KnotsOnLine (-1 # 1) [(0 # 1, 0 # 1)] (-1 # 1).
Definition tent_on_line : piecewise_linear := KnotsOnLine (2 # 1) [(1 # 2, 1 # 1)] (-2 # 1).

Theorem translation_ordered : ordered_line (pl_sem translation) 1.
Proof.
  apply (order_on_line (PiecewiseLinear translation) (OrderOnLine 0 0 [MinusInfinity; PlusInfinity])).
  reflexivity.
Qed.
Theorem reflection_ordered : ordered_line (pl_sem reflection) 2.
Proof.
  apply (order_on_line (PiecewiseLinear reflection) (OrderOnLine 1 0 [MinusInfinity; PlusInfinity])).
  reflexivity.
Qed.
Example reflection_level_0 : order_on_line_check (PiecewiseLinear reflection)
  (OrderOnLine 0 0 [MinusInfinity; Finite 0; PlusInfinity]) = false.
Proof. reflexivity. Qed.
Theorem tent_on_line_chaotic : exists lo hi, li_yorke_chaotic (pl_sem tent_on_line) lo hi.
Proof.
  apply (li_yorke_on_line (PiecewiseLinear tent_on_line) (PeriodicOrbit [2 # 7; 4 # 7; 6 # 7])). reflexivity.
Qed.

(* ---- data that are no map ---- *)

Example shapes_refused :
  map (fun n => valid (Network n))
    [[]; [Layer Relu 1 []]; [Layer Relu 1 [([1; 1], 0)]]; [Layer Relu 1 [([1], 0); ([1], 0)]]] =
  [true; false; false; false].
Proof. reflexivity. Qed.
Example knots_refused :
  map (fun p => valid (PiecewiseLinear p)) [Knots []; Knots [(1 # 1, 0 # 1); (0 # 1, 0 # 1)]] =
  [false; false].
Proof. reflexivity. Qed.
