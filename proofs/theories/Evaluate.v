(* Exact evaluation of networks in integers.  A vector of rationals is a list of integers over one common
   denominator, so no fraction is ever reduced. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List.
From Certify Require Import Rational Network Bends.
Import ListNotations.
Local Open Scope R_scope.

(* ---- the evaluator ---- *)

(* the bend of z/D, over D * (denominator of the knee) * over *)
Definition bend_Z (b : bend) (D : positive) (z : Z) : Z :=
  let y := (Zpos (Qden (knee b)) * z)%Z in
  let t := (Zpos D * Qnum (knee b))%Z in
  ((if (y <? t)%Z then before b else after b) * (y - t) + Zpos (over b) * t)%Z.
Definition bend_den (b : bend) : positive := (Qden (knee b) * over b)%positive.

Fixpoint dot (w X : list Z) : Z :=
  match w, X with
  | a :: w', z :: X' => (a * z + dot w' X')%Z
  | _, _ => 0%Z
  end.

Definition bend_vector (v : positive * list Z) (b : bend) : positive * list Z :=
  ((bend_den b * fst v)%positive, map (bend_Z b (fst v)) (snd v)).

Definition linear_Z (D : positive) (X : list Z) (row : list Z * Z) : Z :=
  (dot (fst row) X + Zpos D * snd row)%Z.

Definition eval_layer (v : positive * list Z) (l : layer_Z) : positive * list Z :=
  fold_left bend_vector (bends_Z l)
    ((den_Z l * fst v)%positive, map (linear_Z (fst v) (snd v)) (rows_Z l)).

Definition eval_net (net : list layer_Z) (q : Q) : Q :=
  let (D, X) := fold_left eval_layer net (Qden q, [Qnum q]) in hd 0%Z X # D.

(* ---- it is exact ---- *)

(* z/D for all z of a vector *)
Definition quotients (D : positive) (X : list Z) : list R := map (fun z => IZR z / IZR (Zpos D)) X.

Lemma mult_pos_R a b : IZR (Zpos (a * b)) = IZR (Zpos a) * IZR (Zpos b).
Proof. rewrite Pos2Z.inj_mul, mult_IZR. reflexivity. Qed.

Lemma bend_Z_correct b D z :
  bend_sem b (IZR z / IZR (Zpos D)) = IZR (bend_Z b D z) / IZR (Zpos (D * bend_den b)).
Proof.
  destruct b as [[n d] l r o]. unfold bend_sem, bend_Z, bend_den. cbn [knee before after over Qnum Qden].
  rewrite Q2R_make, !mult_pos_R. pose proof (pos_R D). pose proof (pos_R d). pose proof (pos_R o).
  assert (0 < IZR (Zpos d) * IZR (Zpos D)) as HdD by (apply Rmult_lt_0_compat; auto).
  assert (E : (IZR z / IZR (Zpos D) - IZR n / IZR (Zpos d)) * (IZR (Zpos d) * IZR (Zpos D))
              = IZR (Zpos d * z - Zpos D * n)).
  { rewrite minus_IZR, !mult_IZR. field; lra. }
  replace (if Rlt_dec (IZR z / IZR (Zpos D)) (IZR n / IZR (Zpos d)) then IZR l else IZR r)
    with (IZR (if (Zpos d * z <? Zpos D * n)%Z then l else r)).
  - rewrite plus_IZR, !mult_IZR, minus_IZR, !mult_IZR. field; lra.
  - destruct (Z.ltb_spec (Zpos d * z) (Zpos D * n)) as [C|C];
      destruct (Rlt_dec (IZR z / IZR (Zpos D)) (IZR n / IZR (Zpos d))) as [C'|C']; auto; exfalso.
    + assert (IZR (Zpos d * z - Zpos D * n) < 0) by (apply (IZR_lt _ 0); lia). nra.
    + assert (0 <= IZR (Zpos d * z - Zpos D * n)) by (apply (IZR_le 0); lia). nra.
Qed.

Lemma dot_correct D w : forall X, dot_R w (quotients D X) = IZR (dot w X) / IZR (Zpos D).
Proof.
  pose proof (pos_R D).
  induction w as [|a w IH]; intros [|z X]; cbn [dot dot_R quotients map]; try (unfold Rdiv; lra).
  fold (quotients D X). rewrite IH, plus_IZR, mult_IZR. field; lra.
Qed.

Lemma linear_correct D X d row :
  linear_R d (quotients D X) row = IZR (linear_Z D X row) / IZR (Zpos (d * D)).
Proof.
  unfold linear_R, linear_Z. pose proof (pos_R D). pose proof (pos_R d).
  rewrite dot_correct, mult_pos_R, plus_IZR, mult_IZR. field; lra.
Qed.

Lemma bend_vector_correct bs : forall v,
  fold_left (fun v b => map (bend_sem b) v) bs (quotients (fst v) (snd v)) =
  let w := fold_left bend_vector bs v in quotients (fst w) (snd w).
Proof.
  induction bs as [|b bs IH]; intro v; cbn [fold_left]; [reflexivity|].
  rewrite <- IH. f_equal. unfold quotients, bend_vector. cbn [fst snd]. rewrite !map_map.
  apply map_ext. intro z. rewrite bend_Z_correct, Pos.mul_comm. reflexivity.
Qed.

Lemma eval_layer_correct v l :
  layer_R (quotients (fst v) (snd v)) l =
  let w := eval_layer v l in quotients (fst w) (snd w).
Proof.
  unfold layer_R, eval_layer. rewrite <- bend_vector_correct. cbn [fst snd]. f_equal.
  unfold quotients at 2. rewrite map_map. apply map_ext. intro row. apply linear_correct.
Qed.

Lemma eval_layers_correct net : forall v,
  fold_left layer_R net (quotients (fst v) (snd v)) =
  let w := fold_left eval_layer net v in quotients (fst w) (snd w).
Proof.
  induction net as [|l net IH]; intro v; cbn [fold_left]; [reflexivity|].
  rewrite eval_layer_correct. apply IH.
Qed.

Theorem eval_net_correct net q : net_sem net (Q2R q) = Q2R (eval_net (map decode net) q).
Proof.
  unfold net_sem, eval_net. rewrite <- decode_net.
  change [Q2R q] with (quotients (fst (Qden q, [Qnum q])) (snd (Qden q, [Qnum q]))).
  rewrite eval_layers_correct.
  destruct (fold_left eval_layer _ _) as [D [|z X]]; cbn [fst snd hd quotients map].
  - rewrite Q2R_make. unfold Rdiv; lra.
  - reflexivity.
Qed.
