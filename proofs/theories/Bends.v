(* Networks made of "bends": every activation is a composition of piecewise-linear maps with one knee, which
   they fix.  So evaluation, Lipschitz constants and expansion into pieces each have one case to treat. *)
From Coq Require Import Reals Lra ZArith QArith Qreals List.
From Certify Require Import Rational Network.
Import ListNotations.
Local Open Scope R_scope.

(* y -> knee + slope * (y - knee), where slope is before/over left of the knee, after/over right of it *)
Record bend := Bend { knee : Q; before : Z; after : Z; over : positive }.

Definition bend_sem (b : bend) (y : R) : R :=
  Q2R (knee b) +
  (if Rlt_dec y (Q2R (knee b)) then IZR (before b) else IZR (after b)) / IZR (Zpos (over b)) *
  (y - Q2R (knee b)).

Definition bends (a : activation) : list bend :=
  match a with
  | Identity => []
  | Relu => [Bend 0 0 1 1]
  | LeakyRelu s => [Bend 0 (Qnum s) (Zpos (Qden s)) (Qden s)]
  | Abs => [Bend 0 (-1) 1 1]
  | Clip lo hi => [Bend lo 0 1 1; Bend hi 1 0 1]
  end.

Lemma bends_act a y : fold_left (fun z b => bend_sem b z) (bends a) y = act_sem a y.
Proof.
  destruct a as [| |s| |lo hi]; cbn [bends fold_left act_sem]; unfold bend_sem;
    cbn [knee before after over]; replace (Q2R 0) with 0 by (unfold Q2R; simpl; lra).
  - reflexivity.
  - unfold Rmax. destruct (Rlt_dec y 0), (Rle_dec 0 y); lra.
  - destruct s as [n d]. cbn [Qnum Qden]. rewrite Q2R_make. pose proof (pos_R d).
    destruct (Rlt_dec y 0); [lra|]. field; lra.
  - unfold Rabs. destruct (Rlt_dec y 0), (Rcase_abs y); lra.
  - unfold Rmin, Rmax. destruct (Rlt_dec y (Q2R lo)), (Rle_dec (Q2R lo) y); try lra;
      destruct (Rlt_dec _ (Q2R hi)), (Rle_dec (Q2R hi) _); lra.
Qed.

(* ---- layers of integers and bends ---- *)

Record layer_Z := LayerZ { rows_Z : list (list Z * Z); den_Z : positive; bends_Z : list bend }.

Definition decode (l : layer) : layer_Z :=
  LayerZ (map (fun row => (map value (fst row), value (snd row))) (rows l)) (den l) (bends (act l)).

Fixpoint dot_R (w : list Z) (x : list R) : R :=
  match w, x with
  | a :: w', v :: x' => IZR a * v + dot_R w' x'
  | _, _ => 0
  end.

Definition linear_R (d : positive) (x : list R) (row : list Z * Z) : R :=
  (dot_R (fst row) x + IZR (snd row)) / IZR (Zpos d).

Definition layer_R (x : list R) (l : layer_Z) : list R :=
  fold_left (fun v b => map (bend_sem b) v) (bends_Z l) (map (linear_R (den_Z l) x) (rows_Z l)).

Lemma fold_map {A B} (f : B -> A -> A) bs : forall v,
  fold_left (fun v b => map (f b) v) bs v = map (fun z => fold_left (fun z b => f b z) bs z) v.
Proof.
  induction bs as [|b bs IH]; intro v; cbn [fold_left]; [symmetry; apply map_id|].
  rewrite IH, map_map. reflexivity.
Qed.

Lemma weighted_sum_dot w : forall x, weighted_sum w x = dot_R (map value w) x.
Proof. induction w as [|a w IH]; intros [|v x]; simpl; auto. rewrite IH. reflexivity. Qed.

Lemma decode_layer x l : layer_R x (decode l) = layer_sem x l.
Proof.
  unfold layer_R, layer_sem, decode. cbn [bends_Z den_Z rows_Z].
  rewrite fold_map, !map_map. apply map_ext. intro row.
  unfold unit_sem, linear_R. rewrite bends_act, weighted_sum_dot. reflexivity.
Qed.

Lemma decode_net net x : fold_left layer_R (map decode net) x = fold_left layer_sem net x.
Proof.
  revert x. induction net as [|l net IH]; intro x; cbn [map fold_left]; [reflexivity|].
  rewrite decode_layer. apply IH.
Qed.
